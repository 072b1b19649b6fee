// Asks BuildKit's own converter what it says of each Dockerfile named on stdin; one JSON line a file.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

type resolver struct{}

func (resolver) ResolveImageConfig(ctx context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	p := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	if opt.ImageOpt != nil && opt.ImageOpt.Platform != nil {
		p = *opt.ImageOpt.Platform
	}
	dt, _ := json.Marshal(map[string]any{"architecture": p.Architecture, "os": p.OS, "variant": p.Variant,
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:0000000000000000000000000000000000000000000000000000000000000000"}}, "config": map[string]any{}})
	return ref, "", dt, nil
}

type warning struct {
	Rule, Msg string
	Line      int
}
type answer struct {
	Path     string
	Error    string
	Line     int
	Warnings []warning
	// What the image is configured to be, to compare a file before and after a fix.
	Config any
}

func ask(path string) (a answer) {
	a.Path = path
	defer func() {
		if r := recover(); r != nil {
			a.Error = fmt.Sprint("PANIC ", r)
		}
	}()
	dt, err := os.ReadFile(path)
	if err != nil {
		a.Error = "READ " + err.Error()
		return
	}
	caps := pb.Caps.CapSet(pb.Caps.All())
	p := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	sm := llb.NewSourceMap(nil, "Dockerfile", "", dt)
	sm.Definition = &llb.Definition{}
	res, err := dockerfile2llb.DockerfileLint(context.Background(), dt, dockerfile2llb.ConvertOpt{
		MetaResolver: resolver{}, LLBCaps: &caps, TargetPlatform: &p,
		SourceMap: sm,
	})
	if err != nil {
		a.Error = err.Error()
		return
	}
	if res.Error != nil {
		a.Error = res.Error.Message
		if len(res.Error.Location.Ranges) > 0 {
			a.Line = int(res.Error.Location.Ranges[0].Start.Line)
		}
	}
	for _, w := range res.Warnings {
		line := 0
		if w.Location != nil && len(w.Location.Ranges) > 0 {
			line = int(w.Location.Ranges[0].Start.Line)
		}
		a.Warnings = append(a.Warnings, warning{w.RuleName, w.Detail, line})
	}
	if a.Error == "" {
		built, err := dockerfile2llb.Dockerfile2LLB(context.Background(), dt, dockerfile2llb.ConvertOpt{
			MetaResolver: resolver{}, LLBCaps: &caps, TargetPlatform: &p, SourceMap: sm,
		})
		if err == nil {
			a.Config = built.Image.Config
		}
	}
	return
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<20)
	out := json.NewEncoder(os.Stdout)
	var mu sync.Mutex
	var wg sync.WaitGroup
	gate := make(chan struct{}, 2)
	for in.Scan() {
		path := in.Text()
		gate <- struct{}{}
		wg.Add(1)
		go func() {
			defer wg.Done()
			a := ask(path)
			mu.Lock()
			out.Encode(a)
			mu.Unlock()
			<-gate
		}()
	}
	wg.Wait()
}
