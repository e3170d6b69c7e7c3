// SQLite, with the settings that take variable arguments as functions.
#pragma once
#include <sqlite3.h>

/// Turns one switch of a connection on or off.
static inline int sqlite_switch(sqlite3 *connection, int which, int on) {
  int now = 0;
  return sqlite3_db_config(connection, which, on, &now);
}
