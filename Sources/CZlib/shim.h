// zlib: the compression inside workbooks.
#pragma once
#include <zlib.h>

/// Begins the inflation of a stream without a header; `inflateInit2` is a macro, which Swift does not see.
static inline int zlib_begin_raw(z_stream *stream) { return inflateInit2(stream, -MAX_WBITS); }

/// The same for deflation.
static inline int zlib_begin_raw_deflate(z_stream *stream) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}
