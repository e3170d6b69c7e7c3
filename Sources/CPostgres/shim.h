// libpq, the client of PostgreSQL; its header lies in a folder of its own on some systems.
#pragma once
#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif
