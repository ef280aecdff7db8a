# Builds a small image. It was written with care but has not been built in CI yet: where it fails, please report it.
#
#   docker build -t leadwire .
#   docker run -p 8080:8080 -v leadwire-data:/var/lib/leadwire \
#     -e PUBLIC_URL=https://bot.example.com -e TWILIO_AUTH_TOKEN=… leadwire

FROM rust:1.94-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY migrations migrations
COPY flows flows
COPY rules rules
COPY benches benches
RUN cargo build --release --locked --bin leadwire

FROM debian:bookworm-slim
# Certificates are for requests Leadwire makes; time zones are inside the binary.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN useradd --system --home-dir /var/lib/leadwire --create-home leadwire
COPY --from=build /src/target/release/leadwire /usr/local/bin/leadwire
COPY --from=build /src/flows /etc/leadwire/flows
USER leadwire
WORKDIR /var/lib/leadwire
# Inside a container the listener cannot be loopback, so the development token is off: set TWILIO_AUTH_TOKEN.
ENV LEADWIRE_LISTEN=0.0.0.0:8080 FLOWS_DIR=/etc/leadwire/flows LEADWIRE_DATA=/var/lib/leadwire
EXPOSE 8080
VOLUME /var/lib/leadwire
STOPSIGNAL SIGTERM
ENTRYPOINT ["leadwire"]
