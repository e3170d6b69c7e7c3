import PeyvandBase
import PeyvandImport
import PeyvandStdlib

/// How the files of a tool are imported: a program of the library, and the columns by which its files are known.
///
/// A recipe is Peyvand and nothing else. Its first comment says what tool it is for and, under "recognised by", a line
/// a file: what the program calls it, and columns that such a file always has. What a file may have besides stands in
/// the braces and is passed over where it is not there.
package struct Recipe: Sendable {
  package struct Role: Hashable, Sendable {
    /// What the recipe's `import` statements call the file.
    package var name: String
    package var columns: [String]
  }

  package let name: String
  /// What it is for, as its first line says it.
  package let title: String
  package let roles: [Role]
  package let text: String

  package static let all: [Recipe] = StandardLibrary.recipes.sorted { $0.key < $1.key }.map { Recipe($0.key, $0.value) }

  init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
    var title = ""
    var roles: [Role] = []
    var isInRoles = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("#") else { break }
      let words = line.dropFirst().drop { $0 == " " }
      if title.isEmpty { title = String(words) }
      if words == "recognised by" {
        isInRoles = true
      } else if words.isEmpty {
        isInRoles = false
      } else if isInRoles, let colon = words.firstIndex(of: ":") {
        let columns = words[words.index(after: colon)...].split(separator: ",").map { String($0.drop { $0 == " " }) }
        roles.append(Role(name: String(words[..<colon]), columns: columns))
      }
    }
    self.title = title
    self.roles = roles
  }

  /// What a file is to this recipe: the role of which it has all columns, the one with most of them.
  func role(of table: any ImportTable) -> Role? {
    roles.filter { role in role.columns.allSatisfy { table.column(named: $0) != nil } }
      .max { $0.columns.count < $1.columns.count }
  }
}
