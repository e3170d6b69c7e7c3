import PeyvandTestSupport
import Testing

/// The password of a database, written where none may stand, occurs in nothing that the product prints or keeps.
@Suite struct DatabasePasswordTests {
  private static let secret = "hunter2zz"

  @Test(arguments: [
    ["run", "p.pvd"], ["run", "p.pvd", "--allow-connect", "--store", "s.json"], ["check", "p.pvd"],
    ["run", "p.pvd", "--format", "json", "--allow-connect"],
    ["import", "postgres://ali:hunter2zz@db.invalid/crm", "--as", "customer", "--preview"],
    ["-c", "import customer from \"postgres://ali@db.invalid/crm?password=hunter2zz\""],
    ["-c", "import customer from \"postgres://ali:hunter2zz@db.invalid/crm\" wih { }"],
  ]) func aPasswordIsNeverShown(_ command: [String]) throws {
    let scratch = ScratchFolder()
    scratch.file(
      "p.pvd",
      "entity customer { name: text }\nimport customer from \"postgres://ali:hunter2zz@db.invalid/crm\" with { table: \"res_partner\" }\n"
    )
    let run = try Product.run(command, in: scratch.path)
    #expect(run.code != 0 || command[0] == "check")
    #expect(!run.output.contains(Self.secret), "\(run.output)")
    #expect(!run.errors.contains(Self.secret), "\(run.errors)")
    for name in scratch.names() where name != "p.pvd" {
      #expect(scratch.text(name)?.contains(Self.secret) != true, "\(name)")
    }
  }

  /// A script reaches no network unless it may; that is said before anything is tried.
  @Test func aScriptDoesNotConnectByItself() throws {
    let scratch = ScratchFolder()
    scratch.file("p.pvd", "entity customer { name: text }\nimport customer from \"postgres://ali@db.invalid/crm\"\n")
    let run = try Product.run(["run", "p.pvd"], in: scratch.path)
    #expect(run.code == 5 && run.errors.contains("E3017") && run.errors.contains("--allow-connect"), "\(run.errors)")
    let allowed = try Product.run(["run", "p.pvd", "--allow-connect"], in: scratch.path)
    #expect(allowed.code == 5 && allowed.errors.contains("E3016"), "\(allowed.errors)")
  }
}
