import Glibc
import Testing

/// A person at a terminal: types keys, sees what comes, and loses patience after a while.
final class Terminal {
  private let master: CInt
  private let process: pid_t
  private var hasEnded = false
  /// Everything seen so far.
  private(set) var seen = ""
  private var bytes: [UInt8] = []
  /// How much of it `expect` has passed.
  private var passed = 0

  /// POSIX_SPAWN_SETSID of glibc's spawn.h, which Swift's view of it leaves out.
  private static let newSession: Int16 = 0x80

  /// - Parameter history: the file of lines entered.
  init(_ arguments: [String], history: String, columns: UInt16 = 100) throws {
    var master: CInt = -1
    var slave: CInt = -1
    var size = winsize(ws_row: 30, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    var path = [CChar](repeating: 0, count: 256)
    let opened = openpty(&master, &slave, &path, nil, &size)
    try #require(opened == 0)
    let name = String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Opened by the leader of a new session, the terminal becomes its own, so that ^C reaches it.
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    process = try Product.spawn(
      [Product.path] + arguments, Product.environment(["HOME=/nonexistent", "PEYVAND_HISTORY=" + history]), &actions,
      flags: Self.newSession)
    self.master = master
    _ = close(slave)
  }

  deinit {
    if !hasEnded {
      Glibc.kill(process, SIGKILL)
      _ = Product.wait(for: process, seconds: 5)
    }
    _ = close(master)
  }

  func type(_ keys: String) {
    var bytes = Array(keys.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Waits until a text comes after what was last waited for.
  @discardableResult
  func expect(
    _ text: String, seconds: Double = 20, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let wanted = Array(text.utf8)
    for _ in 0..<Int(seconds * 50) {
      if let place = find(wanted) {
        let before = String(decoding: bytes[passed..<place], as: UTF8.self)
        passed = place + wanted.count
        return before
      }
      listen(milliseconds: 20)
    }
    let rest = String(decoding: bytes[passed...], as: UTF8.self).debugDescription
    try #require(Bool(false), "waited for \(text.debugDescription), saw \(rest)", sourceLocation: sourceLocation)
    return ""
  }

  /// What comes within a short while, for what should not.
  func quiet(milliseconds: Int = 300) -> String {
    for _ in 0..<(milliseconds / 20) { listen(milliseconds: 20) }
    defer { passed = bytes.count }
    return String(decoding: bytes[passed...], as: UTF8.self)
  }

  func kill(_ signal: CInt) { Glibc.kill(process, signal) }

  /// Waits for the end.
  func end(seconds: Double = 20) -> Int32 {
    var code: Int32 = 124
    var status: Int32 = 0
    for _ in 0..<Int(seconds * 50) {
      listen(milliseconds: 20)
      if waitpid(process, &status, WNOHANG) == process {
        code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
        hasEnded = true
        break
      }
    }
    return code
  }

  private func find(_ wanted: [UInt8]) -> Int? {
    guard bytes.count - passed >= wanted.count else { return nil }
    for place in passed...(bytes.count - wanted.count) where bytes[place..<(place + wanted.count)].elementsEqual(wanted)
    {
      return place
    }
    return nil
  }

  private func listen(milliseconds: Int32) {
    var wait = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, milliseconds) > 0 else { return }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = chunk.withUnsafeMutableBytes { read(master, $0.baseAddress, $0.count) }
    guard count > 0 else {
      usleep(UInt32(milliseconds) * 1_000)
      return
    }
    bytes += chunk[..<count]
    seen = String(decoding: bytes, as: UTF8.self)
  }
}
