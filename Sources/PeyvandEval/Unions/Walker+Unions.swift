import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Records of several families in one set: see `UnionSource`.
extension Walker {
  /// The same records as a set of a larger family.
  func widened(_ sets: RowSets, to family: KindID) -> RowSets {
    guard sets.family != family else { return sets }
    return RowSets(
      offsets: sets.offsets, rows: context.source.moved(sets.rows, from: sets.family, to: family), family: family)
  }

  /// A field read from a union: of each record that of its own kind, missing where it has none.
  func unionValues(_ field: Field, of rows: Slab<Int32>, at range: SourceRange) throws(Diagnostics) -> Vector {
    let source = context.source
    guard let union = catalogue.union(field.family) else {
      throw EvaluationDiagnostics.malformed("an unknown field", at: range)
    }
    var values: [Vector] = []
    var stretches: [Range<Int>] = []
    for member in union.members {
      stretches += source.rows(of: member, in: field.family)
      guard stretches.count > values.count else { continue }
      guard let own = catalogue.field(named: field.name, of: member) else {
        values.append(.missing(field.type.valueType, count: rows.count))
        continue
      }
      let here = source.moved(rows, from: field.family, to: family(of: member))
      var vector = try fieldValues(own.id, of: here, at: range)
      if field.type == .date, case .instants(let instants) = vector.storage {
        vector = Vector(.days(time.days(ofInstants: instants)), present: vector.present)
      }
      values.append(vector)
    }
    values.append(.missing(field.type.valueType, count: rows.count))
    // What is no record is none of the first member's either, and so missing.
    let codes = StretchKernels.codes(stretches.indices.map { Int32(clamping: $0) }, of: rows, in: stretches)
    return try chosen(codes, values, at: range)
  }
}
