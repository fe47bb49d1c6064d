-- Plays prepared requests in turn: a file of them, each behind its length in bytes and a line's end. Twenty @ in a request become
-- a text of its own each time. Sends no more after so many answers as its second argument says, if it says some. Prints one line of JSON.
local place = string.rep("@", 20)
local requests = {}
local marked = {}
local at = 0
local sent = 0
local run = os.time() % 1000000

function init(args)
  local file = assert(io.open(args[1], "rb"))
  while true do
    local length = file:read("*l")
    if length == nil then break end
    local text = file:read(tonumber(length))
    requests[#requests + 1] = text
    marked[#requests] = text:find(place, 1, true)
  end
  file:close()
  local most = tonumber(args[2] or 0)
  local answered = 0
  if most > 0 then
    response = function()
      answered = answered + 1
      if answered == most then wrk.thread:stop() end
    end
  end
end

function request()
  at = at % #requests + 1
  local text, position = requests[at], marked[at]
  if position == nil then return text end
  sent = sent + 1
  return text:sub(1, position - 1) .. string.format("%06d-%013d", run, sent) .. text:sub(position + 20)
end

function done(summary, latency)
  local e = summary.errors
  local errors = e.connect + e.read + e.write + e.status + e.timeout
  local count = summary.requests - e.status
  print(string.format('RESULT {"rate":%.2f,"p50Ms":%.3f,"p99Ms":%.3f,"errors":%d,"count":%d}',
    count / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000, errors, count))
end
