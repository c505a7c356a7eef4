-- wrk invokes; the event is what stands behind the two hyphens of its command line.
init = function(args) invocation = wrk.format("POST", nil, nil, args[1]) end
request = function() return invocation end
