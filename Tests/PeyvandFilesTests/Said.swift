import Glibc
import PeyvandBase
import PeyvandFiles

/// The code of the diagnostic that `body` throws; nil when it throws none.
func code(_ body: () throws(Diagnostic) -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return error.code
  }
}

/// The diagnostic that `body` throws.
func said(_ body: () throws(Diagnostic) -> Void) -> Diagnostic? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}
