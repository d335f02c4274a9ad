# docker build -t tonearm . && docker run -p 8501:8501 -v tonearm:/data tonearm
FROM python:3.11-slim

WORKDIR /tonearm
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY app.py ./
COPY .streamlit/config.toml .streamlit/config.toml
COPY pages pages
COPY recsys recsys

RUN useradd --create-home listener && mkdir /data && chown listener /data
USER listener
ENV TONEARM_DATA=/data STREAMLIT_SERVER_ADDRESS=0.0.0.0 STREAMLIT_SERVER_FILE_WATCHER_TYPE=none
VOLUME /data
EXPOSE 8501
HEALTHCHECK CMD python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/health')"
CMD ["streamlit", "run", "app.py"]
