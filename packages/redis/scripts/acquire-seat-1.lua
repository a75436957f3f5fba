-- Reserves a seat for a machine, or says that the license is full.
--
-- KEYS[1]  the license's seats: a sorted set, member = machine id, score = expiry in ms by Redis' time
-- ARGV[1]  machine id
-- ARGV[2]  seats of the license
-- ARGV[3]  ms until the reservation expires
-- ARGV[4]  the member that tells a known, empty set from a missing one
-- ARGV[5]  ms that the set is kept without use
--
-- Returns { "unknown" } when the set is missing,
--         { "reserved", seats used } when the machine has a seat now (also when it had one already),
--         { "full", seats used } otherwise.
if redis.call("EXISTS", KEYS[1]) == 0 then
  return { "unknown" }
end
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
local used = redis.call("ZCARD", KEYS[1]) - 1
local held = redis.call("ZSCORE", KEYS[1], ARGV[1])
if held or used < tonumber(ARGV[2]) then
  redis.call("ZADD", KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
  redis.call("PEXPIRE", KEYS[1], ARGV[5])
  if not held then
    used = used + 1
  end
  return { "reserved", used }
end
return { "full", used }
