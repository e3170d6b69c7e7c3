import PeyvandBase
import PeyvandImport

extension Session {
  func recipe(for tables: [any ImportTable], _ request: ImportRequest) throws(Diagnostics) -> PreparedImport? { nil }
}
