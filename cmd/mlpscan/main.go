// Command mlpscan reads an Alibaba Cloud account's configuration, judges it, and
// tells what that means for each clause of China's MLPS 2.0 baseline (等保2.0).
package main

func main() {}
