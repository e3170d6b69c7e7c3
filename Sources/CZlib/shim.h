// zlib: the compression inside workbooks.
#pragma once
#include <zlib.h>

/// Begins the inflation of a stream without a header; `inflateInit2` is a macro, which Swift does not see.
static inline int zlib_begin_raw(z_stream *stream) { return inflateInit2(stream, -MAX_WBITS); }
