-- Frees the seats of machines; a machine without one changes nothing.
--
-- KEYS[1]  the license's seats: a sorted set, member = machine id, score = expiry in ms by Redis' time
-- ARGV     machine ids
--
-- Returns how many seats became free.
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
local freed = 0
for _, machine in ipairs(ARGV) do
  freed = freed + redis.call("ZREM", KEYS[1], machine)
end
return freed
