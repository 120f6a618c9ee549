import ArgumentParser

@main struct Tocsin: AsyncParsableCommand {}
