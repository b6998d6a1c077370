FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1
WORKDIR /app

COPY pyproject.toml README.md LICENSE server.py ./
COPY emulator ./emulator
COPY rules ./rules

# Bytecode is made here: the user below cannot write it, and starting without it is slow.
RUN pip install --no-cache-dir . \
    && cd "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    && python -m compileall -q server.py emulator rules \
    && useradd --create-home --uid 10001 busyard \
    && mkdir /data \
    && chown busyard /data

USER busyard
WORKDIR /home/busyard

# State is kept in /data only when asked for: --data-dir /data, or BUSYARD_DATA_DIR=/data.
VOLUME /data
EXPOSE 4566

HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('BUSYARD_PORT', '4566') + '/_emulator/health', timeout=2)"]

# A container has a network of its own, so every address of it is listened on; publish the port to reach it.
CMD ["busyard", "--host", "0.0.0.0"]
