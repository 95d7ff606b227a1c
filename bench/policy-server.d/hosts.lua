-- Asks for each of the hosts in turn, in a stride, so that neighbours are not asked for one after the other.
local requests, count, at = {}, 10000, 0

function init(args)
  for i = 0, count - 1 do
    local domain = i == 0 and "example.com" or ("customer-" .. i .. ".example.net")
    requests[i] = wrk.format("GET", nil, { ["Host"] = "mta-sts." .. domain })
  end
end

function request()
  at = (at + 7919) % count
  return requests[at]
end
