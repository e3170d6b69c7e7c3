import PeyvandBase
import PeyvandCheck
import PeyvandFiles
import PeyvandStdlib
import PeyvandSyntax

/// `use`: the library that is built in, and files beside the script.
extension Session {
  /// The tree of what is used; nothing where it has been read in this run already.
  func use(_ target: UseTarget, at range: SourceRange, origin: Origin) -> Result<Checker.Program?, Diagnostics> {
    switch target {
    case .library(let name):
      let modules = StandardLibrary.modules
      guard let module = modules.keys.sorted().first(where: { nameKey($0) == nameKey(name.text) }),
        let text = modules[module]
      else {
        let near = nearest(name.text, among: modules.keys.sorted(), limit: 4)
        return .failure(Diagnostics(SessionDiagnostics.unknownLibrary(name.text, near, at: name.range)))
      }
      guard used.insert("library \(module)").inserted else { return .success(nil) }
      return program(text, name: "\(module).pvd", isLibrary: true)
    case .file(let literal):
      guard let path = literal.plain else {
        return .failure(Diagnostics(SessionDiagnostics.unknownLibrary("{…}", [], at: range)))
      }
      do {
        let leave = leave(origin)
        // Beside the file that uses it, which need not be the script itself.
        let base = places[range.file].map { FilePath.folder(of: $0.path) } ?? folder(origin)
        let real = try leave.resolveForReading(path, base: base)
        let chain = users(of: range.file)
        if chain.contains(real) {
          let names = (chain.reversed() + [real]).map { FilePath.split($0).name }
          return .failure(Diagnostics(SessionDiagnostics.useCircle(names, at: range)))
        }
        guard chain.count < options.limits.useDepth else {
          return .failure(Diagnostics(SessionDiagnostics.useTooDeep(options.limits.useDepth, at: range)))
        }
        guard used.insert(real).inserted else { return .success(nil) }
        let text = try leave.readText(real, limit: options.limits.programBytes)
        return program(text, name: path, place: real, usedBy: range.file)
      } catch {
        var placed = error
        placed.labels = [.init(range)]
        return .failure(Diagnostics(placed))
      }
    }
  }

  private func program(
    _ text: String, name: String, place: String? = nil, usedBy user: Int32? = nil, isLibrary: Bool = false
  ) -> Result<Checker.Program?, Diagnostics> {
    let file = keep(text, name: name, isLibrary: isLibrary)
    if let place { places[file] = Place(path: place, usedBy: user) }
    var parser = Parser(text, file: file, limits: SyntaxLimits(options.limits))
    let result = parser.parse()
    guard result.diagnostics.isEmpty else { return .failure(Diagnostics(result.diagnostics)) }
    return .success(Checker.Program(tree: result.tree, file: file, text: text))
  }

  /// The files through which a text came to be read, the nearest first.
  private func users(of file: Int32) -> [String] {
    var chain: [String] = []
    var at: Int32? = file
    while let here = at, let place = places[here], chain.count <= options.limits.useDepth {
      chain.append(place.path)
      at = place.usedBy
    }
    return chain
  }

  /// What a text may read and write.
  func leave(_ origin: Origin) -> FileLeave {
    // Whoever says so, nothing is written over the store that is open.
    let stores = options.storePath.map { [$0] } ?? []
    switch origin {
    case .typed: return FileLeave(everything: true, openStores: stores)
    case .script(let folder):
      return FileLeave(readRoots: [folder] + options.allowRead, writeRoots: options.allowWrite, openStores: stores)
    }
  }

  /// Whether a text may reach the network: what a person types, and scripts that were allowed to.
  func mayConnect(_ origin: Origin) -> Bool {
    switch origin {
    case .typed: true
    case .script: options.allowConnect
    }
  }

  /// Where relative paths begin; nil: the folder one is in.
  func folder(_ origin: Origin) -> String? {
    if case .script(let folder) = origin { return folder }
    return nil
  }
}
