# syntax=docker/dockerfile:1
# Two images from one file:
#   docker build --target operator      -t mta-sts-operator .
#   docker build --target policy-server -t mta-sts-policy-server .
# Both run as 65532, write nothing to their root file system, and have no shell.

ARG DOTNET=10.0
ARG BASE=noble

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET}-${BASE} AS source
ENV CI=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
ARG TARGETARCH=amd64
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY crds/ crds/
COPY src/ src/
# What .NET calls the image's architecture.
RUN case "$TARGETARCH" in amd64) echo linux-x64 ;; *) echo "linux-$TARGETARCH" ;; esac > /rid

FROM source AS operator-build
RUN dotnet publish src/MtaSts.Operator/MtaSts.Operator.csproj -c Release -r "$(cat /rid)" -o /publish \
 && install -D -m 0555 /publish/mtasts /root-fs/mtasts

# The native compiler needs a linker and zlib's headers.
FROM source AS policy-server-build
RUN apt-get update \
 && apt-get install -y --no-install-recommends clang zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
RUN dotnet publish src/MtaSts.PolicyServer/MtaSts.PolicyServer.csproj -c Release -r "$(cat /rid)" -o /publish \
 && install -D -m 0555 /publish/policy-server /root-fs/policy-server

# "extra" has ICU, which internationalised domain names need.
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET}-${BASE}-chiseled-extra AS operator
COPY --from=operator-build /root-fs/ /
USER 65532:65532
ENTRYPOINT ["/mtasts"]
CMD ["run"]

# One native program: all it wants from the image is the C library.
FROM mcr.microsoft.com/dotnet/runtime-deps:${DOTNET}-${BASE}-chiseled AS policy-server
COPY --from=policy-server-build /root-fs/ /
USER 65532:65532
EXPOSE 8080 8081
ENTRYPOINT ["/policy-server"]
