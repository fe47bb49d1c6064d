-- Plays prepared requests in turn: a file of them, each behind its length in bytes and a line's end. Prints one line of JSON.
local requests = {}
local at = 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  while true do
    local length = file:read("*l")
    if length == nil then break end
    requests[#requests + 1] = file:read(tonumber(length))
  end
  file:close()
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  local errors = e.connect + e.read + e.write + e.status + e.timeout
  local count = summary.requests - e.status
  print(string.format('RESULT {"rate":%.2f,"p50Ms":%.3f,"p99Ms":%.3f,"errors":%d,"count":%d}',
    count / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000, errors, count))
end
