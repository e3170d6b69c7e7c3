import PeyvandBase
import PeyvandData

extension StoreState {
  /// Where records that were rows of this state stand in a later one: those removed are left out.
  ///
  /// A row number is good for one state only, since a record that comes earlier in time moves the others; whoever keeps
  /// records over a change asks here. Costs a pass over the family's rows, and nothing where none of them moved.
  package func moved(_ rows: [Int32], ofKind kind: KindID, to next: StoreState) throws(Diagnostics) -> [Int32] {
    guard !rows.isEmpty, let family = catalogue.kind(kind)?.family else { return rows }
    let before = table(family)
    let after = next.table(family)
    guard before.version !== after.version else { return rows }
    let serials = try before.identity.get().serials
    let rowOfSerial = try after.identity.get().rowOfSerial
    let moved = rows.compactMap { (row: Int32) -> Int32? in
      guard serials.indices.contains(Int(row)) else { return nil }
      let serial = Int(serials[Int(row)])
      guard rowOfSerial.indices.contains(serial), rowOfSerial[serial] >= 0 else { return nil }
      return rowOfSerial[serial]
    }
    // Within one stretch the order of rows is the order of the kind.
    return next.catalogue.familyOrder(family).count == 1 ? moved.sorted() : moved
  }
}
