import Glibc

/// The files below a folder, for tests that look at the whole repository.
enum FileTree {
  /// Paths of all ordinary files, in the order of their names; hidden ones left out unless asked for.
  static func files(below folder: String, hidden: Bool = false) -> [String] {
    entries(of: folder, hidden).flatMap { entry in
      entry.isFolder ? files(below: entry.path, hidden: hidden) : [entry.path]
    }
  }

  /// Paths of all folders, each before those inside it.
  static func folders(below folder: String) -> [String] {
    entries(of: folder, true).filter(\.isFolder).flatMap { [$0.path] + folders(below: $0.path) }
  }

  private static func entries(of folder: String, _ hidden: Bool) -> [(path: String, isFolder: Bool)] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [(path: String, isFolder: Bool)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." || (!hidden && name.hasPrefix(".")) { continue }
      names.append((folder + "/" + name, entry.pointee.d_type == UInt8(DT_DIR)))
    }
    return names.sorted { $0.path < $1.path }
  }
}
