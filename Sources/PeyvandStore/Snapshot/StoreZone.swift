import PeyvandBase
import PeyvandFiles

/// The time zone that a store names.
///
/// A store and its journal hold the zone's name alone: what its clock does is the system's to know, and may be other
/// than on the day it was written. So whoever reads a catalogue seeks the zone anew, before anything is worked out.
enum StoreZone {
  /// The zone of that name as this machine knows it.
  /// - Throws: E3211 where it does not.
  static func known(_ kept: Zone, path: String) throws(Diagnostics) -> Zone {
    switch ZoneFiles.find(kept.name) {
    case .found(let zone): return zone
    case .unknown: throw Diagnostics(SnapshotDiagnostics.noZone(path, kept.name, nil))
    case .unusable(let reason): throw Diagnostics(SnapshotDiagnostics.noZone(path, kept.name, reason.message))
    }
  }
}
