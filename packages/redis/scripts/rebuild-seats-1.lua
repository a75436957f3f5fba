-- Replaces a license's seats by what PostgreSQL counts.
--
-- KEYS[1]  the license's seats: a sorted set, member = machine id, score = expiry in ms by Redis' time
-- ARGV[1]  the member that tells a known, empty set from a missing one
-- ARGV[2]  ms that the set is kept without use
-- ARGV[3…] pairs of machine id and ms until its seat expires
--
-- Returns the number of seats used.
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call("DEL", KEYS[1])
redis.call("ZADD", KEYS[1], "+inf", ARGV[1])
local used = 0
for i = 3, #ARGV, 2 do
  local left = tonumber(ARGV[i + 1])
  if left > 0 then
    redis.call("ZADD", KEYS[1], now + left, ARGV[i])
    used = used + 1
  end
end
redis.call("PEXPIRE", KEYS[1], ARGV[2])
return used
