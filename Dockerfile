# syntax=docker/dockerfile:1
# Two images from one file:
#   docker build --target operator      -t mta-sts-operator .
#   docker build --target policy-server -t mta-sts-policy-server .
# Both run as 65532, write nothing to their root file system, and have no shell.
# For another architecture everything is compiled on the builder's own: nothing of the target's runs while building.

ARG DOTNET=10.0
ARG BASE=noble

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:${DOTNET}-${BASE} AS source
ENV CI=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY crds/ crds/
COPY src/ src/
# The builder says it; a default here would win over what it says.
ARG TARGETARCH
# What .NET calls the image's architecture.
RUN case "$TARGETARCH" in amd64) echo linux-x64 ;; arm64) echo linux-arm64 ;; *) exit 1 ;; esac > /rid

# The SBOMs look at the stages that compile, too: the programs do not show which packages they are made of.
FROM source AS operator-build
ARG BUILDKIT_SBOM_SCAN_STAGE=true
RUN dotnet publish src/MtaSts.Operator/MtaSts.Operator.csproj -c Release -r "$(cat /rid)" -o /publish \
 && install -D -m 0555 /publish/mtasts /image-files/mtasts

# Whence the policy server's C library and OpenSSL come: the target's own and patched ones, not what cross compilers link against.
FROM mcr.microsoft.com/dotnet/runtime-deps:${DOTNET}-${BASE} AS libraries

# The native compiler needs a linker, and for another architecture that one's binutils and C library.
FROM source AS policy-server-build
ARG BUILDKIT_SBOM_SCAN_STAGE=true
RUN case "$(cat /rid)" in linux-x64) gnu=x86-64 debian=amd64 ;; *) gnu=aarch64 debian=arm64 ;; esac \
 && if [ "$debian" = "$(dpkg --print-architecture)" ]; then extra=; else extra="gcc-$gnu-linux-gnu libc6-dev-$debian-cross"; fi \
 && apt-get update \
 && apt-get install -y --no-install-recommends binutils clang libc6-dev $extra \
 && rm -rf /var/lib/apt/lists/*
RUN case "$(cat /rid)" in linux-x64) gnu=x86_64 ;; *) gnu=aarch64 ;; esac \
 && dotnet publish src/MtaSts.PolicyServer/MtaSts.PolicyServer.csproj -c Release -r "$(cat /rid)" -o /publish \
      -p:ObjCopyName=$gnu-linux-gnu-objcopy
COPY script/lib/image-root script/lib/image-root
RUN --mount=type=bind,from=libraries,target=/libraries script/lib/image-root /publish/policy-server /image-files /libraries

# "extra" has ICU, which internationalised domain names need, and the time zones of promotion windows.
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET}-${BASE}-chiseled-extra AS operator
COPY --from=operator-build /image-files/ /
USER 65532:65532
ENTRYPOINT ["/mtasts"]
CMD ["run"]

# One native program, the C library and OpenSSL, nothing else: no certificates, time zones or ICU, of which it asks nothing. Not linked
# statically: then no scanner would see the libraries. script/image builds this stage without a registry.
FROM scratch AS policy-server
COPY --from=policy-server-build /image-files/ /
USER 65532:65532
EXPOSE 8080 8081 8443
ENTRYPOINT ["/policy-server"]
