"""Made-up files, one row or two each, in every dialect that is known by name."""

import io
import zipfile

ONE, TWO, THREE = (f"{number:022d}" for number in (1, 2, 3))
"""Spotify ids."""

EXPORTIFY_NET = (
    "\ufeffTrack URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,Explicit,Added By,"
    "Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,Speechiness,Acousticness,Instrumentalness,"
    "Liveness,Valence,Tempo,Time Signature\n"
    f"spotify:track:{ONE},Blue Door,Rooms,Ann;Bob,2015-03,200000,65,false,someone,2020-04-11T00:27:53Z,"
    '"folk,indie folk",Us,0.5,0.25,0,-8.5,1,0.03,0.9,0,0.1,0.5,120.5,4\n'
    f"spotify:track:{TWO},Red Door,Rooms,Ann,2015,210000,50,true,someone,2020-04-12T00:00:00Z\n"
)
EXPORTIFY_APP_HEADER = (
    '"Track URI","Track Name","Artist URI(s)","Artist Name(s)","Album URI","Album Name","Album Artist URI(s)",'
    '"Album Artist Name(s)","Album Release Date","Album Image URL","Disc Number","Track Number","Track Duration (ms)",'
    '"Track Preview URL","Explicit","Popularity","ISRC","Added By","Added At","Artist Genres","Danceability","Energy",'
    '"Key","Loudness","Mode","Speechiness","Acousticness","Instrumentalness","Liveness","Valence","Tempo",'
    '"Time Signature"\n'
)
EXPORTIFY_APP_ROW = (
    f'"spotify:track:{ONE}","Say ""Hi""","spotify:artist:{TWO}, spotify:artist:{THREE}",'
    f'"Tyler\\, The Creator, Ann","spotify:album:{TWO}","Rooms","spotify:artist:{TWO}","Tyler\\, The Creator",'
    '"2015-03-01","https://i.scdn.co/image/1","1","1","200000","","false","65","USUM71900001",'
    '"spotify:user:someone","2020-04-11T00:27:53Z","hip hop,rap","0.5","0.25","0","-8.5","1","0.03","0.9","0","0.1",'
    '"0.5","120.5","4"\n'
)
EXPORTIFY_APP = EXPORTIFY_APP_HEADER + EXPORTIFY_APP_ROW
EXPORTIFY_APP_IN_GERMAN = (
    '"Track-URI","Track-Name","Künstler-URI(s)","Künstlername(n)","Album-URI","Album-Name","Album-Künstler-URI(s)",'
    '"Album-Künstlername(n)","Veröffentlichungsdatum des Albums","Album-Bild-URL","Disc-Nummer","Track-Nummer",'
    '"Track-Dauer (ms)","Track-Vorschau-URL","Explizit","Beliebtheit","ISRC","Hinzugefügt von","Hinzugefügt am",'
    '"Künstler-Genres","Tanzbarkeit","Energie","Tonart","Lautstärke","Modus","Sprachanteil","Akustik",'
    '"Instrumentalität","Lebendigkeit","Valenz","Tempo","Taktart"\n' + EXPORTIFY_APP_ROW
)
TIDYTUESDAY = (
    "track_id,track_name,track_artist,track_popularity,track_album_id,track_album_name,track_album_release_date,"
    "playlist_name,playlist_id,playlist_genre,playlist_subgenre,danceability,energy,key,loudness,mode,speechiness,"
    "acousticness,instrumentalness,liveness,valence,tempo,duration_ms\n"
    f"{ONE},Blue Door,Ann,65,x,Rooms,2015,Mix,p,pop,dance pop,0.5,0.25,0,-8.5,1,0.03,0.9,0,0.1,0.5,120.5,200000\n"
    f"{ONE},Blue Door,Ann,65,x,Rooms,2015,Rock,q,rock,hard rock,0.5,0.25,0,-8.5,1,0.03,0.9,0,0.1,0.5,120.5,200000\n"
    f"{TWO},NA,NA,0,x,NA,2015,Rock,q,rock,hard rock,0.5,0.25,0,-8.5,1,0.03,0.9,0,0.1,0.5,120.5,200000\n"
)
DATASET_114K = (
    ",track_id,artists,album_name,track_name,popularity,duration_ms,explicit,danceability,energy,key,loudness,mode,"
    "speechiness,acousticness,instrumentalness,liveness,valence,tempo,time_signature,track_genre\n"
    f"0,{ONE},Ann;Bob,Rooms,Blue Door,65,200000,False,0.5,0.25,0,-8.5,1,0.03,0.9,0,0.1,0.5,120.5,4,acoustic\n"
    f"1,{ONE},Ann;Bob,Rooms,Blue Door,65,200000,False,0.5,0.25,0,-8.5,1,0.03,0.9,0,0.1,0.5,120.5,4,folk\n"
)
TRACKS_FEATURES_1_2M = (
    "id,name,album,album_id,artists,artist_ids,track_number,disc_number,explicit,danceability,energy,key,loudness,"
    "mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,duration_ms,time_signature,year,"
    "release_date\n"
    f"{ONE},Blue Door,Rooms,x,\"['Ann', 'Bob']\",\"['1', '2']\",1,1,False,0.5,0.25,0,-8.5,1,0.03,0.9,0.0,0.1,0.5,"
    "120.5,200000,4.0,2015,2015-03-01\n"
)
DATA_160K = (
    "valence,year,acousticness,artists,danceability,duration_ms,energy,explicit,id,instrumentalness,key,liveness,"
    "loudness,mode,name,popularity,release_date,speechiness,tempo\n"
    f"0.5,2015,0.9,\"['Ann', 'Bob']\",0.5,200000,0.25,0,{ONE},0.0,0,0.1,-8.5,1,Blue Door,65,2015-03-01,0.03,120.5\n"
)
DATA_160K_OTHER_ORDER = (
    "id,name,artists,duration_ms,release_date,year,acousticness,danceability,energy,instrumentalness,liveness,"
    "loudness,speechiness,tempo,valence,mode,key,popularity,explicit\n"
    f"{ONE},Blue Door,\"['Ann', 'Bob']\",200000,2015-03-01,2015,0.9,0.5,0.25,0.0,0.1,-8.5,0.03,120.5,0.5,1,0,65,0\n"
)
TRACKS_600K = (
    "id,name,popularity,duration_ms,explicit,artists,id_artists,release_date,danceability,energy,key,loudness,mode,"
    "speechiness,acousticness,instrumentalness,liveness,valence,tempo,time_signature\n"
    f"{ONE},Blue Door,65,200000,0,\"['Ann', 'Bob']\",\"['1', '2']\",2015-03-01,0.5,0.25,0,-8.5,1,0.03,0.9,0.0,0.1,"
    "0.5,120.5,4\n"
)
LIKES = (
    "acousticness,danceability,duration_ms,energy,instrumentalness,key,liveness,loudness,mode,speechiness,tempo,"
    "time_signature,valence,target,song_title,artist\n"
    "0.9,0.5,200000,0.25,0.0,0,0.1,-8.5,1,0.03,120.5,4.0,0.5,1,Blue Door,Ann\n"
    "0.9,0.5,200000,0.25,0.0,0,0.1,-8.5,1,0.03,120.5,4.0,0.5,0,Red Door,Ann\n"
)


def as_file(content: str | bytes, encoding: str = "utf-8") -> io.BytesIO:
    """An open file, as the browser hands it over."""
    return io.BytesIO(content.encode(encoding) if isinstance(content, str) else content)


def as_zip(members: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """An open ZIP of those files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    stream.seek(0)
    return stream
