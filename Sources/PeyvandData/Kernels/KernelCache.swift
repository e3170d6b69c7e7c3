import Synchronization

/// What kernels work out once and need again in every batch of a question.
///
/// A test on text is made once an entry of the dictionary, an order of texts once a dictionary, the place of
/// a row in time once a kind. Entries are known by the storage of the dictionary they were made from, which
/// the cache keeps alive, so that an address is never another's.
package final class KernelCache: Sendable {
  private struct State: Sendable {
    var ranks: [UInt: (TextDictionary, [Int32])] = [:]
  }
  private let state = Mutex(State())

  package init() {}
}
