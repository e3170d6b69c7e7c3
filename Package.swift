// swift-tools-version: 6.2
// The arrows between targets are the architecture: see ARCHITECTURE.md.
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil) -> Target {
  .target(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "peyvand",
  products: [
    .library(name: "Peyvand", targets: ["Peyvand"]),
    .executable(name: "peyvand", targets: ["peyvand-cli"]),
    .library(name: "FaultShim", type: .dynamic, targets: ["FaultShim"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CBytes"),
    room("PeyvandBase", ["CMalloc"]),
    room("PeyvandSyntax", ["PeyvandBase"]),
    room("PeyvandData", ["PeyvandBase", "CBytes"]),
    room("PeyvandFiles", ["PeyvandBase"]),
    room("PeyvandStatistics"),
    .target(
      name: "PeyvandStdlib", path: "stdlib",
      exclude: [
        "contacts.pvd", "kpis.pvd", "loyalty.pvd", "quality.pvd", "recipes", "reps.pvd", "service.pvd", "suppliers.pvd",
        "tests", "xrm.pvd",
      ],
      sources: ["Generated.swift", "GeneratedPages.swift"],
      swiftSettings: strict),
    room("PeyvandStore", ["PeyvandBase", "PeyvandData", "PeyvandFiles"]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CExpat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPostgres", providers: [.apt(["libpq-dev"])]),
    room(
      "PeyvandImport",
      [
        "PeyvandBase", "PeyvandData", "PeyvandFiles", "PeyvandStore", "CBytes", "CZlib", "CExpat", "CSQLite",
        "CPostgres",
      ]),
    room("PeyvandCheck", ["PeyvandBase", "PeyvandSyntax", "PeyvandData"]),
    room(
      "PeyvandEval", ["PeyvandBase", "PeyvandSyntax", "PeyvandCheck", "PeyvandData", "PeyvandStatistics"]),
    room("PeyvandRender", ["PeyvandBase", "PeyvandSyntax", "PeyvandData", "CZlib"]),
    room(
      "Peyvand",
      [
        "PeyvandBase", "PeyvandSyntax", "PeyvandData", "PeyvandFiles", "PeyvandStdlib", "PeyvandStore",
        "PeyvandImport", "PeyvandCheck", "PeyvandEval", "PeyvandRender",
      ]),
    .systemLibrary(
      name: "CReadline", providers: [.apt(["libreadline-dev"])]),
    room("LineEditor", ["CReadline"]),
    .executableTarget(
      name: "peyvand-cli",
      dependencies: [
        "Peyvand", "PeyvandBase", "PeyvandData", "PeyvandFiles", "PeyvandRender", "LineEditor",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "peyvand-bench",
      dependencies: ["Peyvand", "PeyvandBase", "PeyvandData", "PeyvandFiles", "PeyvandStore", "PeyvandImport"],
      swiftSettings: strict),
    .executableTarget(
      name: "company-generator", path: "Sources/company-generator", swiftSettings: strict),
    tests("PeyvandBaseTests", ["PeyvandBase"]),
    tests("PeyvandStatisticsTests", ["PeyvandStatistics"]),
    tests("PeyvandSyntaxTests", ["PeyvandBase", "PeyvandSyntax", "PeyvandTestSupport"]),
    tests(
      "PeyvandCheckTests",
      ["PeyvandBase", "PeyvandSyntax", "PeyvandData", "PeyvandCheck", "PeyvandTestSupport"]),
    tests("PeyvandFilesTests", ["PeyvandBase", "PeyvandFiles", "PeyvandTestSupport"]),
    tests(
      "PeyvandCLITests",
      [
        "peyvand-cli", "LineEditor", "Peyvand", "PeyvandBase", "PeyvandData", "PeyvandStore", "PeyvandTestSupport",
      ]),
    tests("PeyvandBenchTests", ["peyvand-bench"]),
    // Preloaded by the tests of durability: it lets the calls under the store fail, and records them.
    .target(name: "FaultShim", path: "Tests/FaultShim", publicHeadersPath: "."),
    tests("PeyvandRenderTests", ["PeyvandBase", "PeyvandData", "PeyvandRender"]),
    tests("PeyvandDataTests", ["PeyvandBase", "PeyvandData"]),
    tests(
      "PeyvandImportTests",
      ["PeyvandBase", "PeyvandData", "PeyvandFiles", "PeyvandStore", "PeyvandImport", "CZlib", "CSQLite"]),
    tests(
      "PeyvandEvalTests",
      ["PeyvandBase", "PeyvandSyntax", "PeyvandData", "PeyvandCheck", "PeyvandEval", "PeyvandStore"]),
    tests(
      "PeyvandStoreTests", ["PeyvandBase", "PeyvandData", "PeyvandFiles", "PeyvandStore", "PeyvandTestSupport"]),
    .target(
      name: "PeyvandTestSupport", dependencies: ["PeyvandBase", "PeyvandData", "PeyvandSyntax", "PeyvandCheck"],
      path: "Tests/Support", swiftSettings: strict),
    tests(
      "PeyvandReferenceTests",
      ["PeyvandBase", "PeyvandData", "PeyvandSyntax", "PeyvandCheck", "PeyvandEval", "PeyvandTestSupport"]),
    .target(
      name: "PeyvandFuzz",
      dependencies: [
        "PeyvandBase", "PeyvandSyntax", "PeyvandData", "PeyvandFiles", "PeyvandStore", "PeyvandImport", "PeyvandCheck",
        "PeyvandEval", "PeyvandTestSupport",
      ],
      path: "Tests/Fuzz", exclude: ["Corpus"], sources: ["Entries"], swiftSettings: strict),
    tests("PeyvandFuzzTests", ["PeyvandFuzz", "PeyvandTestSupport"]),
    tests(
      "PeyvandTests",
      [
        "Peyvand", "PeyvandBase", "PeyvandSyntax", "PeyvandCheck", "PeyvandData", "PeyvandFiles", "PeyvandStore",
        "PeyvandRender", "PeyvandStdlib", "PeyvandTestSupport",
      ]),
  ]
)
