-- Asks for one path of many at random; BENCH_PATHS names the file with the paths, BENCH_ACCEPT is the Accept header,
-- BENCH_HELD the If-None-Match header, if any.
local paths = {}
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("seed", threads)
end

function init(arguments)
  for line in io.lines(os.getenv("BENCH_PATHS")) do
    paths[#paths + 1] = line
  end
  math.randomseed(seed * 7919 + tonumber(os.getenv("BENCH_SEED") or "1"))
  wrk.headers["Accept"] = os.getenv("BENCH_ACCEPT")
  if os.getenv("BENCH_HELD") ~= "" then
    wrk.headers["If-None-Match"] = os.getenv("BENCH_HELD")
  end
end

function request()
  return wrk.format("GET", paths[math.random(#paths)])
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), summary.bytes, errors.status, failed))
end
