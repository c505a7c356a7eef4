-- wrk sends sixteen requests in one write.
init = function(args)
  local request = wrk.format()
  local many = {}
  for i = 1, 16 do many[i] = request end
  batch = table.concat(many)
end
request = function() return batch end
