# The service as an image; docs/deploying.md says how it is run. The last stage alone is shipped.

FROM docker.io/library/node:24.11.0-bookworm-slim AS page
WORKDIR /build/dashboard
COPY dashboard/package.json dashboard/package-lock.json dashboard/.npmrc ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --ignore-scripts --no-audit --no-fund
COPY dashboard ./
RUN npm run --silent build

FROM docker.io/library/rust:1.95.0-slim-bookworm AS program
# The toolchain of the image, without what rust-toolchain.toml wants for development.
ENV RUSTUP_TOOLCHAIN=1.95.0 CARGO_INCREMENTAL=0
WORKDIR /build
COPY . ./
COPY --from=page /build/dashboard/dist dashboard/dist
# What was fetched and compiled is kept between builds, and no part of any layer.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/build/target,sharing=locked \
    cargo build --release --locked --package dutchbook \
    && install -D --mode=0755 target/release/dutchbook /out/dutchbook

FROM docker.io/library/debian:12.12-slim
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="dutchbook" \
      org.opencontainers.image.description="A supervised actor system that trades and explains Polymarket" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The user's number is fixed: files outside, such as secrets, are given to it.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 dutchbook \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/dutchbook \
       --shell /usr/sbin/nologin dutchbook \
    && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/dutchbook \
    && install --directory --mode=0755 /etc/dutchbook
COPY --from=program /out/dutchbook /usr/local/bin/dutchbook
# local.toml, where there is one, is mounted here.
ENV DUTCHBOOK_CONFIG_DIR=/etc/dutchbook
# Databases and recordings; the only place that is written to.
WORKDIR /var/lib/dutchbook
VOLUME ["/var/lib/dutchbook"]
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
# Whether it answers, not whether the venue does: a restart does not bring the venue back.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["dutchbook", "health", "--live"]
ENTRYPOINT ["dutchbook"]
CMD ["run"]
