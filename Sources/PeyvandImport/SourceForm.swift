/// What a source turned out to be, as far as options say something of it.
package enum SourceForm: String, Hashable, Sendable, CaseIterable {
  case csv
  case json
  case workbook
  case database

  package static let everything = Set(allCases)

  var shown: String {
    switch self {
    case .csv: "a CSV file"
    case .json: "a JSON file"
    case .workbook: "a workbook"
    case .database: "a database"
    }
  }

  /// "CSV files and workbooks", in the order in which they are listed.
  static func shown(_ forms: Set<SourceForm>) -> String {
    let names = allCases.filter(forms.contains).map { form in
      switch form {
      case .csv: "CSV files"
      case .json: "JSON files"
      case .workbook: "workbooks"
      case .database: "databases"
      }
    }
    guard let last = names.last, names.count > 1 else { return names.first ?? "none" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }
}
