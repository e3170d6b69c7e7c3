import PeyvandStatistics
import Testing

/// The values named SciPy are of SciPy 1.17 (`scipy.special`, `scipy.stats`), an implementation that shares nothing
/// with this one.
@Suite struct DistributionTests {
  /// SciPy `norm.ppf`; 1.959963984540054 and 1.2815515655446004 also stand in every printed table.
  @Test(arguments: [
    (1e-300, -37.0470962993612), (1e-10, -6.361340902404056), (0.001, -3.090232306167813), (0.025, -1.959963984540054),
    (0.3, -0.5244005127080409), (0.5, 0), (0.9, 1.2815515655446004), (0.975, 1.959963984540054),
    (0.999999, 4.753424308817087),
  ])
  func normalQuantile(_ p: Double, _ x: Double) {
    #expect(isClose(Distributions.normalQuantile(p), x, 1e-14))
  }

  @Test(arguments: [
    (-8, 6.22096057427174e-16), (-1.96, 0.024997895148220435), (0, 0.5), (1, 0.8413447460685429),
    (3, 0.9986501019683699),
  ])
  func normalCDF(_ x: Double, _ p: Double) {
    #expect(isClose(Distributions.normalCDF(x), p, 1e-13))
  }

  /// SciPy `gammaincc`.
  @Test(arguments: [
    (0.5, 0.1, 0.6547208460185768), (3, 2, 0.6766764161830634), (10, 30, 7.121750862815593e-06),
    (100, 90, 0.84177901081357), (1e6, 1_000_500, 0.3084495242285028), (0.001, 1e-5, 0.010876955304217334),
  ])
  func upperGamma(_ a: Double, _ x: Double, _ q: Double) {
    #expect(isClose(Distributions.upperGamma(a: a, x: x), q, 1e-11))
  }

  /// SciPy `betainc`.
  @Test(arguments: [
    (0.5, 0.5, 0.3, 0.36901011956554536), (2, 3, 0.9, 0.9963), (50, 60, 0.4, 0.12470685834310022),
    (5e6, 0.5, 0.9999995, 0.02534730403850864), (1e4, 2e4, 0.33, 0.11020551912742219),
  ])
  func lowerBeta(_ a: Double, _ b: Double, _ x: Double, _ p: Double) {
    #expect(isClose(Distributions.lowerBeta(a: a, b: b, x: x), p, 1e-9))
  }

  /// SciPy `gammaln`.
  @Test(arguments: [
    (0.1, 2.252712651734206), (1.5, -0.12078223763524526), (5, 3.1780538303479458), (9.9, 12.57717990421988),
    (100.5, 361.43554046777757), (1e6, 12815504.569147611),
  ])
  func logGamma(_ x: Double, _ value: Double) {
    #expect(isClose(Distributions.logGamma(x), value, 1e-13))
    #expect(abs(Distributions.logGamma(1)) < 1e-14 && abs(Distributions.logGamma(2)) < 1e-14)
  }

  /// SciPy `chi2.sf`; 3.841… is the 5 % point of every printed table.
  @Test(arguments: [
    (3.841458820694124, 1, 0.05), (16.7929409892, 1, 4.168809109370859e-05), (34, 29, 0.239260140064183),
    (0.5, 3, 0.9188914116546758), (800, 1, 5.395865611607819e-176), (0, 4, 1),
  ])
  func chiSquare(_ x: Double, _ df: Int, _ p: Double) {
    #expect(isClose(Distributions.chiSquareUpper(x, df: df), p, 1e-11))
  }

  /// SciPy `t.ppf`; 12.706, 4.303, 2.262 and 2.042 are the 95 % column of Student's table.
  @Test(arguments: [
    (0.975, 1, 12.706204736174694), (0.975, 2, 4.302652729749462), (0.975, 9, 2.262157162798205),
    (0.975, 30, 2.0422724563012378), (0.975, 1000, 1.9623390808264083), (0.6, 3, 0.2766706623326898),
    (1e-6, 5, -24.771029720515948), (0.975, 1e7, 1.959964221767205), (0.995, 2.5, 7.163728138948783), (0.5, 4, 0),
  ])
  func tQuantile(_ p: Double, _ df: Double, _ t: Double) throws {
    let found = try #require(Distributions.tQuantile(p, df: df))
    #expect(isClose(found, t, 1e-9))
    #expect(isClose(Distributions.tCDF(found, df: df), p, 1e-9))
  }

  @Test func whatIsUndefinedIsNil() {
    #expect(Distributions.normalQuantile(0) == nil)
    #expect(Distributions.normalQuantile(.nan) == nil)
    #expect(Distributions.z(level: 1) == nil)
    #expect(Distributions.chiSquareUpper(-1, df: 1) == nil)
    #expect(Distributions.chiSquareUpper(.nan, df: 1) == nil)
    #expect(Distributions.chiSquareUpper(1, df: 0) == nil)
    #expect(Distributions.chiSquareUpper(.infinity, df: 3) == 0)
    #expect(Distributions.tQuantile(1, df: 3) == nil)
    #expect(Distributions.tQuantile(0.9, df: 0) == nil)
    #expect(Distributions.tQuantile(.nan, df: 2) == nil)
    #expect(Distributions.lowerBeta(a: 1, b: 1, x: 1.1) == nil)
    #expect(Distributions.logGamma(-1).isNaN)
    #expect(Distributions.tCDF(.infinity, df: 3) == 1)
    #expect(Distributions.tCDF(-.infinity, df: 3) == 0)
  }
}
