import PeyvandBase
import Synchronization

/// A value that is there, or is read when it is first asked for.
///
/// Opening a store reads no column; a question reads those it names. Several threads may ask at once: one
/// reads, the others wait, and what went wrong the first time is said again.
final class Deferred<Value: Sendable>: Sendable {
  typealias Load = @Sendable () throws(Diagnostics) -> Value

  private enum State {
    case ready(Value)
    case pending(Load)
    case failed(Diagnostics)
  }
  private let state: Mutex<State>

  init(_ value: Value) { state = Mutex(.ready(value)) }

  init(reading load: @escaping Load) { state = Mutex(.pending(load)) }

  func get() throws(Diagnostics) -> Value {
    try state.withLock { state throws(Diagnostics) in
      switch state {
      case .ready(let value): return value
      case .failed(let diagnostics): throw diagnostics
      case .pending(let load):
        do throws(Diagnostics) {
          let value = try load()
          state = .ready(value)
          return value
        } catch {
          state = .failed(error)
          throw error
        }
      }
    }
  }

  /// The value, if it is there already.
  var value: Value? {
    state.withLock { state in
      guard case .ready(let value) = state else { return nil }
      return value
    }
  }
}

/// A sign that two tables hold the same rows: compared by identity, new after each change.
final class Version: Sendable {}

/// What was worked out from tables and holds as long as they are unchanged.
///
/// Shared by all states of a store, so that a change to one kind costs nothing that rests on others.
final class Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry {
    var versions: [Version]
    var value: Deferred<Value>
  }
  private let entries = Mutex<[Key: Entry]>([:])

  /// The value for `key`, made by `make` unless it was made for the same versions.
  func value(
    for key: Key, versions: [Version], _ make: @escaping Deferred<Value>.Load
  ) throws(Diagnostics) -> Value {
    let deferred = entries.withLock { entries in
      if let entry = entries[key], entry.versions.elementsEqual(versions, by: ===) { return entry.value }
      let deferred = Deferred(reading: make)
      entries[key] = Entry(versions: versions, value: deferred)
      return deferred
    }
    return try deferred.get()
  }

  /// The value for `key`, if it is there for the same versions.
  func standing(_ key: Key, versions: [Version]) -> Value? {
    entries.withLock { entries in
      guard let entry = entries[key], entry.versions.elementsEqual(versions, by: ===) else { return nil }
      return entry.value.value
    }
  }

  /// What is there now and of present tables or of past ones: all that takes room.
  var held: [(key: Key, value: Value)] {
    entries.withLock { entries in
      entries.compactMap { key, entry in entry.value.value.map { (key, $0) } }
    }
  }

  /// Puts a value in place that is known already.
  func set(_ value: Value, for key: Key, versions: [Version]) {
    entries.withLock { $0[key] = Entry(versions: versions, value: Deferred(value)) }
  }
}
