import PeyvandBase

package struct Statement: Hashable, Sendable {
  package var node: StatementNode
  package var range: SourceRange
  package init(_ node: StatementNode, _ range: SourceRange) {
    self.node = node
    self.range = range
  }
}

package indirect enum StatementNode: Hashable, Sendable {
  case kind(KindSyntax)
  case letStatement(Name, Query)
  case define(DefineSyntax)
  case param(Name, Expression)
  case use(UseTarget)
  case kpi(KPISyntax)
  case process(ProcessSyntax)
  case watch(WatchSyntax)
  case forEach(Name, in: Query, [Statement])
  case ifStatement(IfSyntax)
  case print(Query)
  case asOf(Expression)
  case test(TextLiteral, [Statement])
  case expect(Query)
  case add(kind: Name, key: TextLiteral?, RecordSyntax)
  case change(kind: Name, key: TextLiteral, RecordSyntax)
  case remove(kind: Name, key: TextLiteral)
  case done(kind: Name, key: TextLiteral, Name)
  /// `remove watch …`, `remove process …`
  case forget(ForgetSyntax)
  case importData(ImportSyntax)
  case exportData(Query, to: TextLiteral)
  case setting(SettingSyntax)
  case agenda
  case missingReport
  /// `process` or `watch` alone: those that the store keeps.
  case listing(Listing)
  /// `map`, or the map around one record.
  case map(Expression?)
  /// `agenda | …`: what goes on from one of these. Where something bears the word as its name, it is the query's source.
  case goingOn(from: StatementNode, Query)
  case why(WhySyntax)
  case query(Query)
  case invalid
}

package enum Flavour: String, Hashable, Sendable { case entity, relationship, event }

package struct KindSyntax: Hashable, Sendable {
  package var flavour: Flavour
  package var name: Name
  package var label: TextLiteral?
  package var general: Name?
  package var fields: [FieldSyntax]
  package init(flavour: Flavour, name: Name, label: TextLiteral?, general: Name?, fields: [FieldSyntax]) {
    self.flavour = flavour
    self.name = name
    self.label = label
    self.general = general
    self.fields = fields
  }
}

package struct FieldSyntax: Hashable, Sendable {
  /// `one`, before an end of a relationship.
  package var isOne: Bool
  package var name: Name
  package var label: TextLiteral?
  /// Missing where the field is named as its type.
  package var type: TypeSyntax?
  package var isRequired: Bool
  package var happens: Bool
  package var defaultValue: Expression?
  package var documentation: TextLiteral?
  package var range: SourceRange
  package init(
    isOne: Bool, name: Name, label: TextLiteral?, type: TypeSyntax?, isRequired: Bool, happens: Bool,
    defaultValue: Expression?, documentation: TextLiteral?, range: SourceRange
  ) {
    self.isOne = isOne
    self.name = name
    self.label = label
    self.type = type
    self.isRequired = isRequired
    self.happens = happens
    self.defaultValue = defaultValue
    self.documentation = documentation
    self.range = range
  }
}

package indirect enum TypeSyntax: Hashable, Sendable {
  /// A built-in type (`.builtin`) or a kind's name.
  case builtin(BuiltinType, unit: Name?)
  case kind(Name)
  case list(of: TypeSyntax)
}

package enum BuiltinType: String, Hashable, Sendable, CaseIterable {
  case text, number, yesno, date, time, duration
}

package struct Parameter: Hashable, Sendable {
  package var name: Name
  package var defaultValue: Expression?
  package init(name: Name, defaultValue: Expression?) {
    self.name = name
    self.defaultValue = defaultValue
  }
}

package struct DefineSyntax: Hashable, Sendable {
  /// The kind of a computed field: `define customer.loyal as …`.
  package var kind: Name?
  package var name: Name
  package var parameters: [Parameter]
  package var body: Query
  package init(kind: Name?, name: Name, parameters: [Parameter], body: Query) {
    self.kind = kind
    self.name = name
    self.parameters = parameters
    self.body = body
  }
}

package enum UseTarget: Hashable, Sendable {
  case library(Name)
  case file(TextLiteral)
}

package struct KPISyntax: Hashable, Sendable {
  package struct Clause: Hashable, Sendable {
    package indirect enum Node: Hashable, Sendable {
      case documentation(TextLiteral)
      case subject(Query)
      case dated(Expression)
      case measure(Expression)
      case target(BoundSyntax)
      case warn(BoundSyntax)
      case needs(Double)
      case stages([Expression])
      case owner(TextLiteral)
      case decide(TextLiteral)
      case invalid
    }
    package var node: Node
    package var range: SourceRange
    package init(_ node: Node, _ range: SourceRange) {
      self.node = node
      self.range = range
    }
  }
  package var name: Name
  package var parameters: [Parameter]
  package var clauses: [Clause]
  package init(name: Name, parameters: [Parameter], clauses: [Clause]) {
    self.name = name
    self.parameters = parameters
    self.clauses = clauses
  }
}

package indirect enum BoundSyntax: Hashable, Sendable {
  case atLeast(Expression)
  case atMost(Expression)
  case below(Expression)
  case above(Expression)
  case between(Expression, Expression)
}

package struct ProcessSyntax: Hashable, Sendable {
  package struct Clause: Hashable, Sendable {
    package indirect enum Node: Hashable, Sendable {
      case goal(TextLiteral)
      case collect([Expression])
      case review(every: Expression)
      case watch(Expression, TextLiteral)
      case invalid
    }
    package var node: Node
    package var range: SourceRange
    package init(_ node: Node, _ range: SourceRange) {
      self.node = node
      self.range = range
    }
  }
  package var name: Name?
  package var subject: Expression
  package var clauses: [Clause]
  package init(name: Name?, subject: Expression, clauses: [Clause]) {
    self.name = name
    self.subject = subject
    self.clauses = clauses
  }
}

package struct WatchSyntax: Hashable, Sendable {
  package var source: Query
  package var every: Expression?
  package var breachPeriods: Double?
  package init(source: Query, every: Expression?, breachPeriods: Double?) {
    self.source = source
    self.every = every
    self.breachPeriods = breachPeriods
  }
}

/// What of the declarations that a store keeps is to be kept no longer, named as it was declared.
package enum ForgetSyntax: Hashable, Sendable {
  case watch(Query)
  case process(Name)
  case processFor(Expression)
}

/// What of a store's declarations can be listed.
package enum Listing: String, Hashable, Sendable { case process, watch }

package struct IfSyntax: Hashable, Sendable {
  package var condition: Expression
  package var then: [Statement]
  package var otherwise: [Statement]?
  package init(condition: Expression, then: [Statement], otherwise: [Statement]?) {
    self.condition = condition
    self.then = then
    self.otherwise = otherwise
  }
}

/// `{ name: E, … }`
package struct RecordSyntax: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    package var name: Name
    package var value: Expression
    /// `customer: create c1`: an unknown key begins a record.
    package var creates: Bool
    package init(name: Name, value: Expression, creates: Bool) {
      self.name = name
      self.value = value
      self.creates = creates
    }
  }
  package var entries: [Entry]
  package var range: SourceRange
  package init(_ entries: [Entry], _ range: SourceRange) {
    self.entries = entries
    self.range = range
  }
}

package struct ImportSyntax: Hashable, Sendable {
  package var kind: Name
  package var file: TextLiteral
  package var key: Name?
  package var condition: Expression?
  package var mapping: RecordSyntax?
  package var options: RecordSyntax?
  package init(
    kind: Name, file: TextLiteral, key: Name?, condition: Expression?, mapping: RecordSyntax?, options: RecordSyntax?
  ) {
    self.kind = kind
    self.file = file
    self.key = key
    self.condition = condition
    self.mapping = mapping
    self.options = options
  }
}

package indirect enum SettingSyntax: Hashable, Sendable {
  case calendar(Name)
  case timeZone(TextLiteral)
  case weekStarts(Name)
  case yearStarts(Name)
  /// Seconds of the day.
  case workingHours(from: Name, to: Name, opens: Int, closes: Int)
  case holidays([DateLiteral])
}
