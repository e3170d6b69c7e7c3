import PeyvandBase
import PeyvandSyntax

/// The arguments of a function that takes some of them by name: `survival(time, event, at: 1 year)`.
struct NamedArguments {
  /// Those without a name, in their order.
  let positional: [Expression]
  private let named: [String: Expression]

  fileprivate init(positional: [Expression], named: [String: Expression]) {
    self.positional = positional
    self.named = named
  }

  /// The one of a name, where it was given.
  subscript(label: String) -> Expression? { named[label] }
}

extension Checker {
  /// Reads arguments apart.
  /// - Parameter labels: the names that the function has.
  /// - Returns: nil where one has another name, or two have the same; that is reported.
  mutating func named(_ arguments: [ArgumentSyntax], of function: Name, _ labels: [String]) -> NamedArguments? {
    var positional: [Expression] = []
    var named: [String: Expression] = [:]
    for argument in arguments {
      guard let label = argument.label else {
        positional.append(argument.value)
        continue
      }
      let key = nameKey(label.text)
      guard labels.contains(key) else {
        report(CheckDiagnostics.unknownArgument(label.text, of: function.text, labels, at: label.range))
        return nil
      }
      guard named.updateValue(argument.value, forKey: key) == nil else {
        report(CheckDiagnostics.arguments(function.text, wanted: "`\(label.text)` once", at: label.range))
        return nil
      }
    }
    return NamedArguments(positional: positional, named: named)
  }
}
