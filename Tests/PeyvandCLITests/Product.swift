import Glibc
import PeyvandTestSupport
import Testing

/// The built `peyvand` as its users meet it: a process with arguments, an input, two outputs and an exit code.
enum Product {
  struct Ended: Sendable {
    var output: String
    var errors: String
    /// The exit code; 128 + the signal where one ended it, as a shell has it.
    var code: Int32
  }

  /// Beside the test bundle, wherever the build put that.
  static let folder: String = {
    var places = CommandLine.arguments.filter { $0.contains("PackageTests.xctest") || $0.contains("/.build") }
    var link = [UInt8](repeating: 0, count: 4_096)
    let length = link.withUnsafeMutableBytes { $0.baseAddress.map { readlink("/proc/self/exe", $0, 4_096) } ?? 0 }
    if length > 0 { places.append(String(decoding: link[..<length], as: UTF8.self)) }
    for place in places {
      var folder = place[...]
      while let slash = folder.lastIndex(of: "/") {
        folder = folder[..<slash]
        if access(folder + "/peyvand", X_OK) == 0, !isFolder(folder + "/peyvand") { return String(folder) }
      }
    }
    return ""
  }()

  static var path: String { folder + "/peyvand" }

  private static func isFolder(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  /// What every process of the tests sees of its environment.
  static func environment(_ more: [String]) -> [String] {
    [
      "PATH=" + folder + ":/usr/bin:/bin", "TERM=xterm", "LC_ALL=C.UTF-8", "INPUTRC=/dev/null",
      // For commands that name a time zone: `TZDIR=$ZONES peyvand …`.
      "SWIFT_BACKTRACE=enable=no",
      "ZONES="
        + #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        + "/Zones",
    ]
      + more
  }

  /// Runs it to its end.
  /// - Parameter input: what it finds on standard input.
  static func run(_ arguments: [String], input: String = "", in folder: String = "/tmp") throws -> Ended {
    try spawnAndWait([path] + arguments, input: input, folder: folder)
  }

  /// Runs a shell command with `peyvand` in its path.
  static func shell(_ command: String, in folder: String) throws -> Ended {
    try spawnAndWait(["/bin/sh", "-c", command], input: "", folder: folder)
  }

  private static func spawnAndWait(_ arguments: [String], input: String, folder: String) throws -> Ended {
    let scratch = ScratchFolder()
    scratch.file("in", input)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, scratch["in"], O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, scratch["out"], O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, scratch["err"], O_WRONLY | O_CREAT, 0o600)
    // The shell goes into the folder and becomes the command.
    let inside = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + arguments
    let process = try spawn(inside, environment(["HOME=" + scratch.path]), &actions, flags: 0)
    let code = wait(for: process, seconds: 60)
    return Ended(output: scratch.text("out") ?? "", errors: scratch.text("err") ?? "", code: code)
  }

  static func spawn(
    _ arguments: [String], _ environment: [String], _ actions: inout posix_spawn_file_actions_t, flags: Int16
  ) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, flags | Int16(POSIX_SPAWN_SETSIGMASK))
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var settings: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    defer { for word in words + settings { free(word) } }
    var process = pid_t()
    let failure = posix_spawn(&process, arguments[0], &actions, &attributes, &words, &settings)
    try #require(failure == 0, "\(arguments[0]) does not start: \(String(cString: strerror(failure)))")
    return process
  }

  /// The exit code; a process that does not end in time is killed and counts as 124.
  static func wait(for process: pid_t, seconds: Double) -> Int32 {
    var status: Int32 = 0
    for _ in 0..<Int(seconds * 200) {
      let ended = waitpid(process, &status, WNOHANG)
      if ended == process { return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F) }
      usleep(5_000)
    }
    kill(process, SIGKILL)
    waitpid(process, &status, 0)
    return 124
  }
}
