# The image: the static program and nothing else.
#
#   docker build --build-arg COMMIT="$(git rev-parse HEAD)" -t hullguard .      builds it from source
#   docker build --build-arg BINARY=released -t hullguard .                     takes dist/<architecture>/hullguard
#
# release.yml does the second for each architecture, so that the image holds the binary of the archives.
ARG BINARY=built

# The tag is for people; the digest decides, and is that of the index of all architectures.
FROM rust:1.95.0-alpine3.23@sha256:606fd313a0f49743ee2a7bd49a0914bab7deedb12791f3a846a34a4711db7ed2 AS built
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY benches ./benches
COPY rules ./rules
COPY src ./src
COPY tests/main.rs ./tests/
ARG COMMIT=
# On Alpine the host is musl, so this is as static as what action/build.sh makes.
RUN HULLGUARD_COMMIT="$COMMIT" cargo build --locked --release \
    && mv target/release/hullguard /hullguard

FROM scratch AS released
ARG TARGETARCH
COPY dist/${TARGETARCH}/hullguard /hullguard

FROM ${BINARY} AS binary

FROM scratch
LABEL org.opencontainers.image.title="hullguard" \
      org.opencontainers.image.description="Lints Dockerfiles and Compose files, and finds secrets in files and in git history" \
      org.opencontainers.image.source="https://github.com/hullguard/hullguard" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=binary /hullguard /hullguard
COPY packaging/image/gitconfig /etc/gitconfig
# What is checked is mounted here: docker run --rm -v "$PWD:/work:ro" ghcr.io/hullguard/hullguard:VERSION
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/hullguard"]
