// The part of libsystemd that is used: sending an entry to the journal. Only the package trait Systemd asks for it.
#ifndef CSYSTEMD_H
#define CSYSTEMD_H

// The place in the source is a field that the caller gives; the header's macros would say this file instead.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#endif
