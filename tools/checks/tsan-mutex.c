// Stands before two functions of Swift's Synchronization library (LD_PRELOAD) and reports to the thread sanitizer what
// they do. Swift 6.3 leaves a Mutex that is contended to its library, which is not instrumented: that one holder came
// after the other is not seen, and whatever the Mutex protects is reported as a race. Four threads that append to an
// array in a Mutex show it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// The sanitizer's (sanitizer/tsan_interface.h); programs that are not built with it have none.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// In Swift: extension _MutexHandle { func _lockSlow(_ thread: UInt32); func _unlockSlow() }
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
typedef SWIFT void (*lock_slow)(uint32_t thread, SELF void *handle);
typedef SWIFT void (*unlock_slow)(SELF void *handle);

SWIFT void mutex_lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFT void mutex_lock_slow(uint32_t thread, SELF void *handle) {
  ((lock_slow)dlsym(RTLD_NEXT, LOCK))(thread, handle);
  if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT void mutex_unlock_slow(SELF void *handle) __asm__(UNLOCK);
SWIFT void mutex_unlock_slow(SELF void *handle) {
  if (__tsan_release) __tsan_release(handle);
  ((unlock_slow)dlsym(RTLD_NEXT, UNLOCK))(handle);
}
