-- Writes a license's seats as PostgreSQL counts them, or a piece of them.
--
-- KEYS[1]  the license's seats: a sorted set, member = machine id, score = expiry in ms by Redis' time
-- ARGV[1]  "replace" forgets what was known, "add" keeps it
-- ARGV[2]  the member that tells a known, empty set from a missing one
-- ARGV[3]  ms that the set is kept without use
-- ARGV[4…] pairs of machine id and ms until its seat expires
--
-- Returns the number of seats written.
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[1] == "replace" then
  redis.call("DEL", KEYS[1])
end
-- As many as one call takes with room to spare: Lua puts no more than some 8,000 values on its stack.
local most = 1000
local members = { "+inf", ARGV[2] }
local size = 2
local written = 0
for i = 4, #ARGV, 2 do
  local left = tonumber(ARGV[i + 1])
  if left > 0 then
    members[size + 1] = now + left
    members[size + 2] = ARGV[i]
    size = size + 2
    written = written + 1
  end
  if size >= most then
    redis.call("ZADD", KEYS[1], unpack(members, 1, size))
    size = 0
  end
end
if size > 0 then
  redis.call("ZADD", KEYS[1], unpack(members, 1, size))
end
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return written
