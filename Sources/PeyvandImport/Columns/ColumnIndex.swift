import PeyvandBase

/// The columns of a file by their names, so that looking one up costs the same in a file of ten thousand.
package struct ColumnIndex: Sendable {
  private let exact: [String: Int]
  private let byKey: [String: Int]

  init(_ names: [String]) {
    let numbered = zip(names, names.indices)
    exact = Dictionary(numbered, uniquingKeysWith: { first, _ in first })
    byKey = Dictionary(numbered.lazy.map { (nameKey($0), $1) }, uniquingKeysWith: { first, _ in first })
  }

  /// The column of that name: the same name, else the first whose name has the same key.
  subscript(name: String) -> Int? { exact[name] ?? byKey[nameKey(name)] }
}
