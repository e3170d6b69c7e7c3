import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// Buying without a contract: the model of all members, and what it says of each.
extension Evaluator {
  func buyers(_ derivation: CheckedDerivation, _ relation: Relation) throws(Diagnostics) -> Relation {
    let (members, _) = try members(derivation, relation)
    let model = fit(members)
    var result = made(
      derivation,
      [model?.r, model?.alpha, model?.a, model?.b, model?.logLikelihood, Double(members.compactMap { $0 }.count)].map {
        numbers([$0])
      }, from: relation)
    result.draft.n = members.compactMap { $0 }.count
    result.draft.of = members.count
    result.draft.remarks += remarks(members, model)
    return result
  }

  func outlook(_ derivation: CheckedDerivation, _ relation: Relation) throws(Diagnostics) -> Relation {
    let (members, ahead) = try members(derivation, relation)
    let model = fit(members)
    var result = relation
    let alive = members.map { member in member.flatMap { model?.alive($0) } }
    let toCome = members.map { member in member.flatMap { member in ahead.flatMap { model?.expected(member, for: $0) } }
    }
    for (header, values) in zip(derivation.columns, [alive, toCome]) {
      result.frame.columns[header.id] = numbers(values)
    }
    result.draft.remarks += remarks(members, model)
    return result
  }

  private func fit(_ members: [PurchaseModel.Buyer?]) -> PurchaseModel? { PurchaseModel(members.compactMap { $0 }) }

  /// Each row as the model sees it; nothing where it cannot be.
  private func members(_ derivation: CheckedDerivation, _ relation: Relation) throws(Diagnostics) -> (
    [PurchaseModel.Buyer?], ahead: Double?
  ) {
    var columns: [(values: Slab<Double>, present: Slab<UInt8>?)] = []
    for place in 0..<3 {
      let vector = try input(derivation, place, relation)
      guard case .numbers(let slab) = vector.storage else {
        throw EvaluationDiagnostics.malformed("buyers of what is no number", at: derivation.range)
      }
      columns.append((slab, vector.present))
    }
    var members: [PurchaseModel.Buyer?] = []
    for row in 0..<relation.frame.count {
      guard columns.allSatisfy({ $0.present?[row] != 0 }), let frequency = columns[0].values[row],
        let recency = columns[1].values[row], let age = columns[2].values[row]
      else {
        members.append(nil)
        continue
      }
      let buyer = PurchaseModel.Buyer(frequency: frequency, recency: recency, age: age)
      members.append(buyer.isPossible ? buyer : nil)
    }
    var ahead: Double?
    if let parameter = derivation.parameters.first, case .number(let given) = try value(parameter), given >= 0 {
      ahead = given
    }
    return (members, ahead)
  }

  private func remarks(_ members: [PurchaseModel.Buyer?], _ model: PurchaseModel?) -> [String] {
    var remarks: [String] = []
    let impossible = members.count { $0 == nil }
    if impossible > 0 {
      remarks.append(
        "\(impossible) left out: missing, or no possible history (whole purchases, the last of them by the end)")
    }
    if model == nil {
      let known = members.count - impossible
      remarks.append(
        known < PurchaseModel.least
          ? "too few members (n = \(known)) for a model of four parameters"
          : "no model fits: nobody bought again, or the likelihood has no highest place")
    }
    return remarks
  }
}
