-- Moves the expiry of a machine that is known to hold a seat, and says how many do. Harmless when repeated,
-- and adds nobody: it may run before PostgreSQL has renewed the session.
--
-- KEYS[1]  the license's seats: a sorted set, member = machine id, score = expiry in ms by Redis' time
-- ARGV[1]  machine id
-- ARGV[2]  ms until the seat expires
-- ARGV[3]  ms that the set is kept without use
--
-- Returns the number of seats used, or -1 when the machine is not in the set, or -2 when there is no set.
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
if not redis.call("ZSCORE", KEYS[1], ARGV[1]) then
  return redis.call("EXISTS", KEYS[1]) - 2
end
redis.call("ZADD", KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return redis.call("ZCARD", KEYS[1]) - 1
