// Judges a log directory with golang.org/x/mod/sumdb/note and tlog, and makes proofs from its tiles.
//
//	judge DIR VKEY OLD SKEY
//
// DIR is a C2SP tlog-tiles directory. Every hash that is used comes from its tiles, checked by tlog.TileHashReader against
// the root of its signed checkpoint, and every entry from its bundles. What is found is printed line by line:
//
//	size N
//	inclusion INDEX HASH...      made by Go from our tiles, and checked by tlog.CheckRecord
//	consistency OLD HASH...      the same, tlog.CheckTree
//	signed BASE64                the checkpoint's text, signed anew by Go with SKEY
//
// On standard input come proofs made by us, to be checked: lines `inclusion INDEX HASH...` and `consistency OLD HASH...`.
// The first thing that does not hold ends the program with status 1 and says what.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tiles reads C2SP tiles: their paths are Go's without the height.
type tiles struct{ dir string }

func (t tiles) Height() int { return 8 }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.dir, path))
		if errors.Is(err, os.ErrNotExist) && tile.W < 256 {
			// A partial tile may be gone when the full one is there.
			full := tile
			full.W = 256
			data, err = os.ReadFile(filepath.Join(t.dir, strings.Replace(full.Path(), "tile/8/", "tile/", 1)))
			if err == nil {
				data = data[:32*tile.W]
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// entries reads all entries from the bundles.
func entries(dir string, size int64) [][]byte {
	var all [][]byte
	for number := int64(0); int64(len(all)) < size; number++ {
		tile := tlog.Tile{H: 8, L: 0, N: number, W: 256}
		if rest := size - number*256; rest < 256 {
			tile.W = int(rest)
		}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(dir, path))
		check("bundle "+path, err)
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			all = append(all, data[2:2+length])
			data = data[2+length:]
		}
	}
	return all
}

func main() {
	dir, vkey, skey := os.Args[1], os.Args[2], os.Args[4]
	old, err := strconv.ParseInt(os.Args[3], 10, 64)
	check("the old size", err)

	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	check("the checkpoint", err)
	verifier, err := note.NewVerifier(vkey)
	check("the verifier key", err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	check("the note", err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check("the size", err)
	root, err := tlog.ParseHash(lines[2])
	check("the root", err)
	fmt.Println("size", size)

	tree := tlog.Tree{N: size, Hash: root}
	reader := tlog.TileHashReader(tree, tiles{dir})
	computed, err := tlog.TreeHash(size, reader)
	check("the tiles", err)
	if computed != root {
		check("the root", errors.New("the tiles have another"))
	}

	// The tree once more, from the entries alone.
	all := entries(dir, size)
	var stored []tlog.Hash
	for index, entry := range all {
		hashes, err := tlog.StoredHashes(int64(index), entry, hashes(&stored))
		check("the entries", err)
		stored = append(stored, hashes...)
	}
	computed, err = tlog.TreeHash(size, hashes(&stored))
	check("the entries", err)
	if computed != root || int64(len(all)) != size {
		check("the root", errors.New("the entries have another"))
	}
	oldRoot, err := tlog.TreeHash(old, reader)
	check("the old root", err)

	for index := int64(0); index < size; index += 1 + size/40 {
		proof, err := tlog.ProveRecord(size, index, reader)
		check("to prove an entry", err)
		check("an entry's proof", tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(all[index])))
		show("inclusion", index, proof)
	}
	proof, err := tlog.ProveTree(size, old, reader)
	check("to prove a tree", err)
	check("a tree's proof", tlog.CheckTree(proof, size, root, old, oldRoot))
	show("consistency", old, tlog.RecordProof(proof))

	signer, err := note.NewSigner(skey)
	check("the private key", err)
	again, err := note.Sign(&note.Note{Text: opened.Text}, signer)
	check("to sign", err)
	fmt.Println("signed", base64.StdEncoding.EncodeToString(again))

	checked := 0
	for given := bufio.NewScanner(os.Stdin); given.Scan(); checked++ {
		fields := strings.Fields(given.Text())
		number, err := strconv.ParseInt(fields[1], 10, 64)
		check("a given proof", err)
		var proof []tlog.Hash
		for _, text := range fields[2:] {
			hash, err := tlog.ParseHash(text)
			check("a given proof", err)
			proof = append(proof, hash)
		}
		switch fields[0] {
		case "inclusion":
			err = tlog.CheckRecord(proof, size, root, number, tlog.RecordHash(all[number]))
		case "consistency":
			other, failed := tlog.TreeHash(number, reader)
			check("an old root", failed)
			err = tlog.CheckTree(proof, size, root, number, other)
		}
		check("given "+given.Text(), err)
	}
	fmt.Println("checked", checked)
}

func hashes(stored *[]tlog.Hash) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, (*stored)[index])
		}
		return found, nil
	})
}

func show(what string, number int64, proof []tlog.Hash) {
	fmt.Print(what, " ", number)
	for _, hash := range proof {
		fmt.Print(" ", hash)
	}
	fmt.Println()
}

func check(what string, err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, what+":", err)
		os.Exit(1)
	}
}
