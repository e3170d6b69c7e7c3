import Glibc

// company-generator FOLDER: the example company's exports, the answers they must give, and the page that
// tells its stories. The same bytes every time.

guard CommandLine.arguments.count == 2 else {
  Output.complain("usage: company-generator FOLDER")
  exit(2)
}

let output = Output(folder: CommandLine.arguments[1])
let world = World(seed: 1404)
let branch = Branch()
let truth = Truth(of: world, branch)

do throws(Output.Failure) {
  for export in world.exports + branch.exports { try output.write(export.text, to: export.file) }
  try output.write(truth.text, to: "expected.json")
  try output.write(Page(world, truth).text, to: "README.md")
} catch {
  switch error {
  case .write(let file, let reason): Output.complain("cannot write \(file): \(reason)")
  }
  exit(5)
}
