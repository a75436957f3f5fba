-- Moves the expiries of machines that are known to hold a seat, and says how many do. Harmless when repeated,
-- and adds nobody: it may run before PostgreSQL has renewed the sessions.
--
-- KEYS      the seats of each license: a sorted set, member = machine id, score = expiry in ms by Redis' time
-- ARGV[1]   ms that a set is kept without use
-- ARGV[2..] for each key the number of its machines, then for each of them its id and the ms until its seat expires
--
-- Returns, for each machine in that order, the number of seats used by then, or -1 when the machine is not in the
-- set, or -2 when there is no set. What is no set counts as none: an error would fail all the others.
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answers = {}
local at = 2
for _, seats in ipairs(KEYS) do
  local known = redis.call("TYPE", seats).ok == "zset" and 1 or 0
  if known == 1 then redis.call("ZREMRANGEBYSCORE", seats, "-inf", now) end
  local last = at + 2 * tonumber(ARGV[at])
  local first = #answers + 1
  for machine = at + 1, last, 2 do
    if known == 1 and redis.call("ZSCORE", seats, ARGV[machine]) then
      redis.call("ZADD", seats, now + tonumber(ARGV[machine + 1]), ARGV[machine])
      answers[#answers + 1] = 0
    else
      answers[#answers + 1] = known - 2
    end
  end
  if known == 1 then
    local used = redis.call("ZCARD", seats) - 1
    redis.call("PEXPIRE", seats, ARGV[1])
    for answer = first, #answers do
      if answers[answer] == 0 then answers[answer] = used end
    end
  end
  at = last + 1
end
return answers
