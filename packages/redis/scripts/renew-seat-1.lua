-- Moves a machine's expiry after PostgreSQL renewed its session; adds the machine where it is missing.
--
-- KEYS[1]  the license's seats: a sorted set, member = machine id, score = expiry in ms by Redis' time
-- ARGV[1]  machine id
-- ARGV[2]  ms until the seat expires
-- ARGV[3]  ms that the set is kept without use
--
-- Returns 1, or 0 when the set is missing and stays so: the next acquire rebuilds the whole.
if redis.call("EXISTS", KEYS[1]) == 0 then
  return 0
end
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
redis.call("ZADD", KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return 1
