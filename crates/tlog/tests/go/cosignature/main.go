// Checks an Ed25519 cosignature, from the text of C2SP tlog-cosignature and signed-note alone: the standard library, and nothing else.
//
//	cosignature VKEY < CHECKPOINT
//
// It prints `valid TIME` when the checkpoint carries a cosignature of that key, else what is wrong, with status 1.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	name, id, public := key(os.Args[1])
	given, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err.Error())
	}
	// The text is separated from the signatures by the last empty line, and keeps its final newline.
	cut := bytes.LastIndex(given, []byte("\n\n"))
	if cut < 0 {
		fail("no signatures")
	}
	text, signatures := string(given[:cut+1]), string(given[cut+2:])
	for _, line := range strings.Split(strings.TrimSuffix(signatures, "\n"), "\n") {
		fields := strings.Split(line, " ")
		if len(fields) != 3 || fields[0] != "\u2014" {
			fail("a malformed line")
		}
		raw, err := base64.StdEncoding.Strict().DecodeString(fields[2])
		if err != nil || len(raw) < 5 {
			fail("malformed base64")
		}
		if fields[1] != name || !bytes.Equal(raw[:4], id) {
			continue
		}
		if len(raw) != 4+8+64 {
			fail("a cosignature of another length")
		}
		time := binary.BigEndian.Uint64(raw[4:12])
		if time > 1<<63-1 {
			fail("a time beyond 2^63 - 1")
		}
		message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
		if !ed25519.Verify(public, []byte(message), raw[12:]) {
			fail("a cosignature that does not verify")
		}
		fmt.Println("valid", time)
		return
	}
	fail("no cosignature of that key")
}

// key reads a vkey: name+hash+base64(type || public key), with the key id that the specification computes.
func key(vkey string) (string, []byte, ed25519.PublicKey) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		fail("a malformed key")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(raw) != 33 || raw[0] != 0x04 {
		fail("no key of an Ed25519 cosigner")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), raw...))
	if hex.EncodeToString(sum[:4]) != parts[1] {
		fail("a key id that does not fit")
	}
	return parts[0], sum[:4], ed25519.PublicKey(raw[1:])
}

func fail(what string) {
	fmt.Fprintln(os.Stderr, what)
	os.Exit(1)
}
