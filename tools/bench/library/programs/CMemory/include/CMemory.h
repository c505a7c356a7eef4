#pragma once
#include <stddef.h>

/// The bytes that malloc has given out and not got back.
size_t memory_in_use(void);
