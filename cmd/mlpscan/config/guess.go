package config

import "strings"

// Closest guesses which of the names was meant; "" without a good guess.
func Closest(name string, names []string) string {
	best, score := "", len(name)/2+1
	for _, n := range names {
		if d := distance(name, n); d < score {
			best, score = n, d
		}
		if strings.Contains(n, name) && len(name) > 3 {
			best, score = n, 0
		}
	}
	return best
}

// distance is the number of letters to add, drop or change to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			prev, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, prev+cost)
		}
	}
	return row[len(b)]
}
