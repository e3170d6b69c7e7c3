import Testing

@testable import peyvand_bench

/// `peyvand-bench --kernels` on few rows: each kernel gives what its plain loop gives, batch by batch.
@Suite struct KernelTests {
  @Test(arguments: KernelTable.all.map(\.name), [1, 40_000])
  func givesWhatAPlainLoopGives(name: String, rows: Int) throws {
    let kernel = try #require(KernelTable.named([name]).first)
    let line = try KernelTable(rows: rows, passes: 1).measure(kernel)
    #expect(line.isRight)
    #expect(line.bytes > 0)
  }

  @Test func seesAWrongKernel() throws {
    let kernel = Kernel(name: "wrong", does: "one too many in its last batch") { rows in
      Prepared(
        rows: rows, bytes: 1, run: { $0.map { $0 == 39_999 ? 0 : $0 } }, sum: { Checksum($0) },
        plain: { Checksum($0) })
    }
    #expect(try !KernelTable(rows: 40_000, passes: 1).measure(kernel).isRight)
    #expect(try KernelTable(rows: 39_999, passes: 1).measure(kernel).isRight)
  }

  @Test func namesAreDifferentAndAllListed() throws {
    let names = KernelTable.all.map(\.name)
    #expect(Set(names).count == names.count)
    let list = KernelTable.list()
    for name in names { #expect(list.contains(name)) }
    #expect(throws: Engine.Failure.self) { try KernelTable.named(["filter-code", "unheard-of"]) }
  }

  @Test func checksumsDependOnValuesAndTheirOrder() {
    #expect(Checksum([1, 2, 3]) == Checksum([1, 2, 3]))
    #expect(Checksum([1, 2, 3]) != Checksum([1, 3, 2]))
    #expect(Checksum([1, 2, 3]) != Checksum([1, 2]))
    #expect(Checksum([0.5]) != Checksum([0.25]))
  }

  @Test func memoryIsMeasured() {
    let memory = Memory.measured(bytes: 1 << 20)
    #expect(memory.oneCore > 0 && memory.twoCores > 0 && memory.randomRead > 0 && memory.chainedRead > 0)
    #expect(memory.json.hasPrefix("{\"ev\":\"memory\",\"one\":"))
  }

  @Test func figuresHaveThreeDigits() {
    #expect([0.1234, 1.239, 12.34, 123.4, 1_234.5].map(Figure.text) == ["0.12", "1.24", "12.3", "123", "1235"])
  }
}
